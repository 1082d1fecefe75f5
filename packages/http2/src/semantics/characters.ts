// Which octets may stand where: one table of 256 entries, one bit for each place.

/** A field's name: a token of RFC 9110 §5.1 in lower case (RFC 9113 §8.2.1). */
export const IN_NAME = 1;
/** A field's value: visible, space, tab, or above 0x7f (RFC 9110 §5.5). */
export const IN_VALUE = 2;
/** A method: a token, RFC 9110 §9.1. */
export const IN_METHOD = 4;
/** A scheme, RFC 3986 §3.1. */
export const IN_SCHEME = 8;
/** An authority without userinfo (RFC 9113 §8.3.1), RFC 3986 §3.2. */
export const IN_AUTHORITY = 16;
/** A path with its query: visible or above 0x7f. */
export const IN_PATH = 32;
export const IN_DIGITS = 64;

const places = new Uint8Array(256);

function allow(place: number, characters: string): void {
  for (const character of characters) {
    const octet = character.charCodeAt(0);
    places[octet] = (places[octet] as number) | place;
  }
}

function range(first: number, last: number): string {
  return String.fromCharCode(...Array.from({ length: last - first + 1 }, (_, i) => first + i));
}

const digits = "0123456789";
const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const tokenMarks = "!#$%&'*+-.^_`|~";
const visible = range(0x21, 0x7e);
const aboveAscii = range(0x80, 0xff);

allow(IN_NAME, digits + lower + tokenMarks);
allow(IN_VALUE, `\t ${visible}${aboveAscii}`);
allow(IN_METHOD, digits + lower + upper + tokenMarks);
allow(IN_SCHEME, `${digits}${lower}${upper}+-.`);
allow(IN_AUTHORITY, `${digits}${lower}${upper}-._~%!$&'()*+,;=:[]`);
allow(IN_PATH, visible + aboveAscii);
allow(IN_DIGITS, digits);

/** May every character of `text` stand in `place`? True for the empty text. */
export function consistsOf(text: string, place: number): boolean {
  let common = place;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // What isn't latin1 has no octet to be sent as.
    common &= code < 256 ? (places[code] as number) : 0;
  }
  return common !== 0;
}

const TAB = 0x09;
const SPACE = 0x20;

/** Does the value begin or end with white space, as RFC 9113 §8.2.1 forbids? */
export function isPadded(value: string): boolean {
  if (value.length === 0) return false;
  const first = value.charCodeAt(0);
  const last = value.charCodeAt(value.length - 1);
  return first === SPACE || first === TAB || last === SPACE || last === TAB;
}
