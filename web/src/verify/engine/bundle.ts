/** An evidence bundle holds its files to a list; here every file is compared with it. */
import { hexOf, Refusal, same, sha256, utf8Bytes, utf8Text } from "./bytes";
import { parseOpening, parseProof } from "./proof";
import type { Entry } from "./zip";

export interface Listing {
  /** Files that are as the list says. */
  fit: number;
  /** Names of files that differ from the list, are missing, or stand on no list. */
  unfit: string[];
}

const LIST = "manifest.json";
const SIGNATURE = "manifest.json.p7s";
const FORMAT = "tiexin.bundle/v1";
/** A recording may be long; more than this is no file of a case. */
const LARGEST = 96 * 1024 * 1024;

interface Manifest {
  format: string;
  events: { file: string; proof: string }[];
  files: { path: string; bytes: number; sha256: string }[];
}

/** The list of a bundle, compared with its files; whoever took it away may have put others among them. */
export async function listingOf(entries: readonly Entry[]): Promise<Listing> {
  const list = entries.find((entry) => entry.name === LIST);
  const manifest = list ? manifestFrom(utf8Text(await list.read(LARGEST))) : null;
  if (!manifest) return { fit: 0, unfit: [LIST] };
  const contents = new Map<string, Uint8Array | null>();
  for (const entry of entries) {
    // Two files of one name: whoever unpacks it sees the one, and the list means the other.
    const twice = contents.has(entry.name);
    contents.set(entry.name, twice ? null : await entry.read(LARGEST).catch(() => null));
  }
  const unfit = new Set<string>();
  for (const { path, bytes, sha256: hash } of manifest.files) {
    const content = contents.get(path);
    if (content?.length !== bytes || hexOf(sha256(content)) !== hash) unfit.add(path);
  }
  const listed = new Set(manifest.files.map((file) => file.path));
  for (const name of contents.keys()) {
    if (!listed.has(name) && name !== LIST && name !== SIGNATURE && !name.endsWith("/")) unfit.add(name);
  }
  for (const { file, proof } of manifest.events) {
    if (!isRecordOf(contents.get(file), contents.get(proof))) unfit.add(file);
  }
  return { fit: manifest.files.filter((file) => !unfit.has(file.path)).length, unfit: [...unfit] };
}

/** Whether the readable record beside a proof is the very one that the proof lays open. */
function isRecordOf(record: Uint8Array | null | undefined, proof: Uint8Array | null | undefined): boolean {
  if (!record || !proof) return false;
  try {
    return same(record, utf8Bytes(parseOpening(parseProof(proof).extra).canonical));
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function manifestFrom(text: string | null): Manifest | null {
  try {
    const found = JSON.parse(text ?? "") as Manifest;
    const whole = found.format === FORMAT && Array.isArray(found.events) && Array.isArray(found.files);
    return whole ? found : null;
  } catch {
    return null;
  }
}
