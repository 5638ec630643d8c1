// @vitest-environment node
import { deflateRawSync, deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { hexOf, joined, sha256, utf8Bytes, utf8Text } from "./bytes";
import { LARGEST_BYTES, receiptsIn } from "./files";
import { parseOpening, parseProof } from "./proof";
import { receiptOf, signerOf } from "./sample";

const receipt = utf8Bytes(receiptOf({ signers: [signerOf("bank.example/log")] }));
const found = async (file: Uint8Array) => {
  const { sort, found } = await receiptsIn(file);
  return [sort, ...found.map((one) => [one.name, utf8Text(one.raw) === utf8Text(receipt)])];
};

function pdf(content: Uint8Array, head = `<</Length ${content.length}>>`): Uint8Array {
  const start = utf8Bytes(`%PDF-1.7\n1 0 obj\n${head}\nstream\n`);
  return joined(start, content, utf8Bytes("\nendstream\nendobj\n2 0 obj\n<<>>\nstream\r\nxx\r\nendstream\n%%EOF\n"));
}

function zip(files: [string, Uint8Array][], deflated: boolean): Uint8Array {
  const parts: Uint8Array[] = [];
  const contents: Uint8Array[] = [];
  let at = 0;
  for (const [name, plain] of files) {
    const packed = deflated ? new Uint8Array(deflateRawSync(plain)) : plain;
    const head = new DataView(new ArrayBuffer(30));
    head.setUint32(0, 0x04034b50, true);
    head.setUint16(26, name.length, true);
    const line = new DataView(new ArrayBuffer(46));
    line.setUint32(0, 0x02014b50, true);
    line.setUint16(10, deflated ? 8 : 0, true);
    line.setUint32(20, packed.length, true);
    line.setUint32(24, plain.length, true);
    line.setUint16(28, name.length, true);
    line.setUint32(42, at, true);
    contents.push(joined(new Uint8Array(line.buffer), utf8Bytes(name)));
    const part = joined(new Uint8Array(head.buffer), utf8Bytes(name), packed);
    parts.push(part);
    at += part.length;
  }
  const table = joined(...contents);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(10, files.length, true);
  end.setUint32(12, table.length, true);
  end.setUint32(16, at, true);
  return joined(...parts, table, new Uint8Array(end.buffer));
}

function bundleOf(change: (files: [string, Uint8Array][]) => void = () => undefined): Uint8Array {
  const record = utf8Bytes(parseOpening(parseProof(receipt).extra).canonical);
  const files: [string, Uint8Array][] = [
    ["events/5.json", record],
    ["proofs/5.tlog-proof", receipt],
    ["README.md", utf8Bytes("read me")],
  ];
  const list = {
    format: "tiexin.bundle/v1",
    events: [{ file: "events/5.json", proof: "proofs/5.tlog-proof" }],
    files: files.map(([path, content]) => ({ path, bytes: content.length, sha256: hexOf(sha256(content)) })),
  };
  files.push(["manifest.json", utf8Bytes(JSON.stringify(list))], ["manifest.json.p7s", utf8Bytes("seal")]);
  change(files);
  return zip(files, true);
}

describe("the files of a bundle", () => {
  const listing = async (change?: (files: [string, Uint8Array][]) => void) =>
    (await receiptsIn(bundleOf(change))).listing;
  const put = (name: string, text: string) => (files: [string, Uint8Array][]) => {
    const known = files.find(([one]) => one === name);
    if (known) known[1] = utf8Bytes(text);
    else files.push([name, utf8Bytes(text)]);
  };

  it("are held to its list", async () => {
    expect(await listing()).toEqual({ fit: 3, unfit: [] });
    expect(await listing(put("README.md", "read ne"))).toEqual({ fit: 2, unfit: ["README.md"] });
    expect(await listing(put("events/5.json", "{}"))).toEqual({ fit: 2, unfit: ["events/5.json"] });
    expect(await listing(put("extra.pdf", "x"))).toEqual({ fit: 3, unfit: ["extra.pdf"] });
    expect(await listing(put("manifest.json", "{}"))).toEqual({ fit: 0, unfit: ["manifest.json"] });
    const gone = await listing((files) => {
      files.splice(2, 1);
    });
    expect(gone).toEqual({ fit: 2, unfit: ["README.md"] });
    const twice = await listing((files) => {
      files.push(["README.md", utf8Bytes("other")]);
    });
    expect(twice).toEqual({ fit: 2, unfit: ["README.md"] });
  });
});

describe("receipts", () => {
  it("are found in their own file, in a certificate and in a bundle", async () => {
    expect(await found(receipt)).toEqual(["receipt", [null, true]]);
    expect(await found(pdf(receipt))).toEqual(["certificate", [null, true]]);
    expect(await found(pdf(new Uint8Array(deflateSync(receipt)), "<</Filter/FlateDecode>>"))).toEqual([
      "certificate",
      [null, true],
    ]);
    const files: [string, Uint8Array][] = [
      ["README.txt", utf8Bytes("read me")],
      ["proofs/12.tlog-proof", receipt],
    ];
    for (const deflated of [false, true]) {
      expect(await found(zip(files, deflated))).toEqual(["bundle", ["proofs/12.tlog-proof", true]]);
    }
  });

  it("are missed with a reason", async () => {
    await expect(receiptsIn(utf8Bytes("hello"))).rejects.toThrow("file_unknown");
    await expect(receiptsIn(new Uint8Array())).rejects.toThrow("file_unknown");
    await expect(receiptsIn(pdf(utf8Bytes("nothing")))).rejects.toThrow("file_without");
    await expect(receiptsIn(zip([["a.txt", utf8Bytes("a")]], false))).rejects.toThrow("file_without");
    await expect(receiptsIn(zip([["a.tlog-proof", receipt]], false).slice(0, -30))).rejects.toThrow("zip_form");
    await expect(receiptsIn(new Uint8Array(LARGEST_BYTES + 1))).rejects.toThrow("file_large");
  });

  it("in an archive that programs read differently are refused", async () => {
    const one = zip([["a.tlog-proof", receipt]], false);
    const other = zip([["a.tlog-proof", utf8Bytes("forged")]], false);
    const table = new DataView(one.buffer).getUint32(one.length - 6, true);
    // Two tables of contents: one where the end says, and one right before the end.
    const end = one.slice(-22);
    const twoFaced = joined(one.slice(0, -22), other.slice(0, -22), end);
    await expect(receiptsIn(twoFaced)).rejects.toThrow("zip_form");
    await expect(receiptsIn(joined(one, utf8Bytes("x")))).rejects.toThrow("zip_form");
    const renamed = one.slice();
    renamed[30] = 0x62;
    await expect(receiptsIn(renamed)).rejects.toThrow("zip_form");
    const stuffed = joined(one.slice(0, table), utf8Bytes("x".repeat(30)), one.slice(table));
    new DataView(stuffed.buffer).setUint32(stuffed.length - 6, table + 30, true);
    await expect(receiptsIn(stuffed)).rejects.toThrow("zip_form");
  });

  it("without the list of a bundle leave the other files open", async () => {
    const { listing } = await receiptsIn(zip([["a.tlog-proof", receipt]], false));
    expect(listing).toEqual({ fit: 0, unfit: ["manifest.json"] });
  });

  it("that promise less than they unpack to are given up", async () => {
    const whole = zip([["a.tlog-proof", new Uint8Array(5_000_000)]], true);
    await expect(receiptsIn(whole)).rejects.toThrow("zip_form");
  });
});
