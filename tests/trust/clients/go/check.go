// Command check judges a log served as static tiles with nothing but the packages that the Go toolchain itself uses
// to judge its checksum database (golang.org/x/mod/sumdb/note and tlog, unmodified, as they stand in GOROOT).
//
// Usage: check FOLDER VKEY [OLD-CHECKPOINT]
//
// It opens the signed checkpoint, reads every entry, holds each against the tree, and, given an older checkpoint, proves
// that the present tree continues it. Exit 1 with the reason on the first thing that does not fit.
package main

import (
	"encoding/binary"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"check/note"
	"check/tlog"
)

const height = 8

// folder reads tiles of height 8 from a folder in the layout of c2sp.org/tlog-tiles, where the height is not in the path.
type folder string

func (f folder) Height() int { return height }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.TrimPrefix(tile.Path(), "tile/"+strconv.Itoa(height)+"/")
		data, err := os.ReadFile(filepath.Join(string(f), "tile", path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f folder) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

// entries returns the n entries of a bundle: each a big-endian length of 16 bits and the entry.
func (f folder) entries(bundle int64, n int) ([][]byte, error) {
	tile := tlog.Tile{H: height, L: 0, N: bundle, W: n}
	path := strings.Replace(tile.Path(), "tile/"+strconv.Itoa(height)+"/0/", "tile/entries/", 1)
	data, err := os.ReadFile(filepath.Join(string(f), path))
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, errors.New("the bundle ends in the middle of an entry")
		}
		size := int(binary.BigEndian.Uint16(data))
		all, data = append(all, data[2:2+size]), data[2+size:]
	}
	if len(all) != n {
		return nil, fmt.Errorf("the bundle has %d entries, expected %d", len(all), n)
	}
	return all, nil
}

// tree returns what a signed checkpoint says, once its signature was checked.
func tree(file string, verifier note.Verifier) (tlog.Tree, error) {
	var none tlog.Tree
	raw, err := os.ReadFile(file)
	if err != nil {
		return none, err
	}
	opened, err := note.Open(raw, note.VerifierList(verifier))
	if err != nil {
		return none, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return none, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return none, err
	}
	hash, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(hash) != tlog.HashSize {
		return none, errors.New("the root is not 32 bytes")
	}
	return tlog.Tree{N: size, Hash: tlog.Hash(hash)}, nil
}

func check(dir folder, vkey string, old string) (int64, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return 0, err
	}
	head, err := tree(filepath.Join(string(dir), "checkpoint"), verifier)
	if err != nil {
		return 0, err
	}
	reader := tlog.TileHashReader(head, dir)
	for start := int64(0); start < head.N; start += 1 << height {
		entries, err := dir.entries(start>>height, int(min(head.N-start, 1<<height)))
		if err != nil {
			return 0, err
		}
		for i, entry := range entries {
			index := start + int64(i)
			proof, err := tlog.ProveRecord(head.N, index, reader)
			if err != nil {
				return 0, err
			}
			if err := tlog.CheckRecord(proof, head.N, head.Hash, index, tlog.RecordHash(entry)); err != nil {
				return 0, fmt.Errorf("entry %d: %w", index, err)
			}
		}
	}
	if old == "" {
		return head.N, nil
	}
	before, err := tree(old, verifier)
	if err != nil {
		return 0, err
	}
	if before.N > head.N {
		return 0, fmt.Errorf("the log had %d entries and has %d", before.N, head.N)
	}
	proof, err := tlog.ProveTree(head.N, before.N, reader)
	if err != nil {
		return 0, err
	}
	return head.N, tlog.CheckTree(proof, head.N, head.Hash, before.N, before.Hash)
}

func main() {
	old := ""
	if len(os.Args) > 3 {
		old = os.Args[3]
	}
	size, err := check(folder(os.Args[1]), os.Args[2], old)
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("accepted:", size)
}
