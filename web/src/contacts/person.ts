/** A text that names a person rather than a record: it must not stand in an address, where histories keep it. */
const PHONE = /^(?:\+?86)?[-\s]?1\d{2}[-\s]?\d{4}[-\s]?\d{4}$/;
const IDENTITY = /^\d{15}$|^\d{17}[\dXx]$/;
const CARD = /^\d(?:[ -]?\d){11,18}$/;
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export function looksPersonal(text: string): boolean {
  const plain = text.normalize("NFKC").trim();
  return PHONE.test(plain) || IDENTITY.test(plain) || CARD.test(plain) || MAIL.test(plain);
}

/** Two to four Han characters may be a name as well as a unit; both ways are offered then. */
export function maybeName(text: string): boolean {
  return /^\p{Script=Han}{2,4}$/u.test(text.trim());
}

/** So much of an identifier that its writer knows it again, and nobody else learns it. */
export function hidden(text: string): string {
  const plain = text.trim();
  return plain.length < 5 ? `${plain[0] ?? ""}*` : `${plain.slice(0, 2)}***${plain.slice(-2)}`;
}
