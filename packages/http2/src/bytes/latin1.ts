const fromCharCode = String.fromCharCode;

/** `bytes[start, end)` as text, one character for each octet. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let i = start;
  // Many characters to a call, since each `+=` leaves a node that must be flattened before it is read.
  for (; i + 16 <= end; i += 16) {
    text += fromCharCode(
      bytes[i] as number,
      bytes[i + 1] as number,
      bytes[i + 2] as number,
      bytes[i + 3] as number,
      bytes[i + 4] as number,
      bytes[i + 5] as number,
      bytes[i + 6] as number,
      bytes[i + 7] as number,
      bytes[i + 8] as number,
      bytes[i + 9] as number,
      bytes[i + 10] as number,
      bytes[i + 11] as number,
      bytes[i + 12] as number,
      bytes[i + 13] as number,
      bytes[i + 14] as number,
      bytes[i + 15] as number,
    );
  }
  for (; i + 4 <= end; i += 4) {
    text += fromCharCode(
      bytes[i] as number,
      bytes[i + 1] as number,
      bytes[i + 2] as number,
      bytes[i + 3] as number,
    );
  }
  for (; i < end; i++) text += fromCharCode(bytes[i] as number);
  return text;
}

/** Writes `text` at `offset`, one octet for each character, of which none is above 0xff. */
export function writeLatin1(text: string, bytes: Uint8Array, offset: number): void {
  for (let i = 0; i < text.length; i++) bytes[offset + i] = text.charCodeAt(i);
}
