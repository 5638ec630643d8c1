// @vitest-environment node
import { describe, expect, it } from "vitest";
import { base64Of, fromBase64, utf8Bytes } from "./bytes";
import { checkReceipt, seenBy, type Trusted } from "./check";
import { COSIGNATURE } from "./note";
import { receiptOf, signerOf } from "./sample";

const log = signerOf("bank.example/log");
const north = signerOf("north.example", COSIGNATURE, 2);
const south = signerOf("south.example", COSIGNATURE, 3);
const trusted: Trusted = {
  logs: [log.key],
  witnesses: [north, south].map(({ name, key }) => ({ name, key })),
  needed: 1,
};
const receipt = receiptOf({ signers: [log, north] });
const check = (text: string, whom: Trusted = trusted) => checkReceipt(utf8Bytes(text), whom);
const refused = (text: string, whom?: Trusted) => {
  const verdict = check(text, whom);
  expect(verdict.ok).toBe(false);
  return verdict.why?.code;
};

/** The same receipt with another record laid open. */
function withOpening(change: (opening: { salt: string; canonical: string; format: string }) => void): string {
  return receipt.replace(/^extra (.*)$/m, (_, written: string) => {
    const opening = JSON.parse(new TextDecoder().decode(fromBase64(written) ?? undefined));
    change(opening);
    return `extra ${base64Of(utf8Bytes(JSON.stringify(opening)))}`;
  });
}

describe("a receipt", () => {
  it("is believed, with what it proves, for every place in trees of every shape", () => {
    for (let size = 1; size <= 17; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const verdict = check(receiptOf({ index, size, signers: [log, north] }));
        expect(verdict.why, `${index} of ${size}`).toBeNull();
        expect(verdict.opening?.event.position).toBe(index + 1);
      }
    }
    const verdict = check(receipt);
    expect(verdict.states).toEqual({
      file: "good",
      record: "good",
      place: "good",
      signature: "good",
      witnesses: "good",
    });
    expect(verdict.seen).toEqual([{ name: "north.example", seconds: 1_764_000_000 }]);
    expect(seenBy(verdict)).toBe(1_764_000_000);
  });

  it("without witnesses is believed where none is asked for, and that stays visible", () => {
    const alone = receiptOf({ signers: [log] });
    const verdict = check(alone, { ...trusted, needed: 0 });
    expect([verdict.ok, verdict.states.witnesses, seenBy(verdict)]).toEqual([true, "open", null]);
    expect(refused(alone)).toBe("witness_few");
  });

  it("is refused when one letter of the record changed", () => {
    const changed = withOpening((opening) => {
      opening.canonical = opening.canonical.replace("C-7", "C-8");
    });
    const verdict = check(changed);
    expect([verdict.why?.code, verdict.states.place, verdict.states.signature]).toEqual(["proof_root", "bad", "open"]);
  });

  it("is refused when the record belongs to another place", () => {
    expect(refused(receiptOf({ signers: [log, north], event: { position: 9 } }))).toBe("record_place");
    expect(refused(receipt.replace("index 4", "index 5"))).toBe("record_place");
  });

  it("is refused when the log did not sign it, or somebody else did", () => {
    expect(refused(receiptOf({ signers: [signerOf("bank.example/log", undefined, 9), north] }))).toBe("key_unknown");
    expect(refused(receiptOf({ signers: [signerOf("other.example"), north] }))).toBe("log_unknown");
    const cut = receipt.replace(
      /(\u2014 bank\.example\/log \S{20})(\S)/,
      (_, head: string, sign: string) => head + (sign === "A" ? "B" : "A"),
    );
    expect(refused(cut)).toBe("signature_wrong");
  });

  it("is refused when a witness's line is wrong, and counts a key under two names once", () => {
    const bent = receipt.replace(
      /(\u2014 north\.example \S{40})(\S)/,
      (_, head: string, sign: string) => head + (sign === "A" ? "B" : "A"),
    );
    expect(refused(bent)).toBe("witness_wrong");
    const twice = [...trusted.witnesses.slice(0, 1), ...trusted.witnesses.slice(0, 1)];
    expect(refused(receipt, { logs: trusted.logs, witnesses: twice, needed: 2 })).toBe("witness_few");
    expect(check(receiptOf({ signers: [log, north, south] }), { ...trusted, needed: 2 }).ok).toBe(true);
  });
});

describe("a receipt that was tampered with", () => {
  it("is refused when one of several lines of a key does not hold, wherever it stands", () => {
    const line = receipt.split("\n").find((one) => one.startsWith("\u2014 bank.example/log ")) ?? "";
    const [name, signed = ""] = [line.slice(0, line.lastIndexOf(" ") + 1), line.slice(line.lastIndexOf(" ") + 1)];
    const bad = `${name}${signed.slice(0, -8)}${signed.at(-8) === "A" ? "B" : "A"}${signed.slice(-7)}`;
    for (const both of [`${line}\n${bad}`, `${bad}\n${line}`]) {
      expect(check(receipt.replace(line, () => both)).why?.code).toBe("signature_wrong");
    }
    expect(check(receipt.replace(line, () => `${line}\n${line}`)).ok).toBe(true);
  });

  it("takes the names of other signers as every other program does", () => {
    const signed = (name: string) => `${receipt}\u2014 ${name} ${base64Of(utf8Bytes("abcdsignature"))}\n`;
    expect(check(signed("a\ufeffb.example")).ok).toBe(true);
    for (const name of ["a\u0085b", "a\u3000b", "a+b", "a".repeat(256)])
      expect(refused(signed(name))).toBe("note_form");
  });

  it("is refused when parts are missing, added or written otherwise", () => {
    const lines = receipt.split("\n");
    const without = (start: string) => lines.filter((line) => !line.startsWith(start)).join("\n");
    expect(refused(without("extra"))).toBe("no_opening");
    expect(refused(without("index"))).toBe("proof_form");
    expect(refused(lines.filter((_, at) => at !== 3).join("\n"))).toBe("proof_length");
    expect(refused(receipt.replace("index 4\n", `index 4\n${base64Of(new Uint8Array(32))}\n`))).toBe("proof_length");
    expect(refused(receipt.replace("index 4", "index 04"))).toBe("proof_form");
    expect(refused(receipt.replace("@v1", "@v2"))).toBe("proof_form");
    expect(refused(receipt.slice(0, -1))).toBe("note_form");
    expect(refused(receipt.replace(/\n/g, "\r\n"))).toBe("proof_form");
    expect(refused(receipt.replace("\n11\n", "\n011\n"))).toBe("checkpoint_form");
    expect(refused(receipt.replace("\n11\n", "\n4\n"))).toBe("proof_place");
    expect(
      refused(
        withOpening((opening) => {
          opening.format = "other/v1";
        }),
      ),
    ).toBe("opening_unknown");
    expect(
      refused(
        withOpening((opening) => {
          opening.salt = "AAAA";
        }),
      ),
    ).toBe("opening_form");
    expect(
      refused(
        withOpening((opening) => {
          opening.canonical = "[]";
        }),
      ),
    ).toBe("opening_form");
  });

  it("survives no change of any single byte that is signed or hashed", () => {
    const bytes = utf8Bytes(receipt);
    let believed = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const bent = bytes.slice();
      bent[at] = (bent[at] ?? 0) ^ 1;
      if (checkReceipt(bent, { ...trusted, needed: 1 }).ok) believed += 1;
    }
    // Whatever is changed, wherever: not one is believed.
    expect(believed).toBe(0);
  });
});
