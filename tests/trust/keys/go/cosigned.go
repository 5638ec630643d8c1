// Command cosigned checks the ML-DSA-44 line of a signed checkpoint with Go's own crypto/mldsa and nothing of ours.
//
// Usage: cosigned NOTE VKEY (the vkey of signature type 0x06)
package main

import (
	"bytes"
	"crypto/mldsa"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	raw, err := os.ReadFile(os.Args[1])
	check(err)
	text, lines, found := bytes.Cut(raw, []byte("\n\n"))
	parts := strings.SplitN(os.Args[2], "+", 3)
	material, err := base64.StdEncoding.DecodeString(parts[2])
	check(err)
	if !found || material[0] != 6 {
		check(fmt.Errorf("no checkpoint, or no key of type 0x06"))
	}
	public, err := mldsa.NewPublicKey(mldsa.MLDSA44(), material[1:])
	check(err)
	for _, line := range strings.Split(strings.TrimSuffix(string(lines), "\n"), "\n") {
		words := strings.Split(line, " ")
		signature, err := base64.StdEncoding.DecodeString(words[2])
		check(err)
		if words[1] != parts[0] || fmt.Sprintf("%x", signature[:4]) != parts[1] {
			continue
		}
		check(mldsa.Verify(public, message(parts[0], signature[4:12], strings.Split(string(text), "\n")), signature[12:], nil))
		fmt.Println("accepted:", binary.BigEndian.Uint64(signature[4:12]))
		return
	}
	check(fmt.Errorf("no line of this key"))
}

// message is the cosigned_message of c2sp.org/tlog-cosignature.
func message(name string, time []byte, head []string) []byte {
	size, err := strconv.ParseUint(head[1], 10, 64)
	check(err)
	root, err := base64.StdEncoding.DecodeString(head[2])
	check(err)
	var built bytes.Buffer
	built.WriteString("subtree/v1\n\x00")
	built.WriteByte(byte(len(name)))
	built.WriteString(name)
	built.Write(time)
	built.WriteByte(byte(len(head[0])))
	built.WriteString(head[0])
	built.Write(make([]byte, 8))
	built.Write(binary.BigEndian.AppendUint64(nil, size))
	built.Write(root)
	return built.Bytes()
}

func check(err error) {
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}
