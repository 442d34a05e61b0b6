/** Reading what a server sent over a WebSocket: unmasked frames of less than 126 bytes, as the sample service sends them. */
const CLOSE = 0x8;

interface Frame {
  opcode: number;
  payload: string;
}

function frames(bytes: Buffer): Frame[] {
  const found: Frame[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const end = at + 2 + bytes[at + 1]!;
    // A frame that was cut is none.
    if (end > bytes.length) break;
    found.push({ opcode: bytes[at]! & 0x0f, payload: bytes.toString('latin1', at + 2, end) });
    at = end;
  }
  return found;
}

export const textFrames = (bytes: Buffer): string[] =>
  frames(bytes)
    .filter(({ opcode }) => opcode !== CLOSE)
    .map(({ payload }) => payload);

/** Whether the server ended the conversation in order. */
export const lastFrameIsClose = (bytes: Buffer): boolean => frames(bytes).at(-1)?.opcode === CLOSE;
