/**
 * A WebAssembly module without what only debuggers read (its custom sections `.debug_*`); all else stays, byte for byte, function names for traces too. Custom sections have no
 * meaning for what a module does: https://webassembly.github.io/spec/core/binary/modules.html. Error: it is no such module, or is cut off.
 */
export function withoutDebug(wasm: Uint8Array): Uint8Array {
  const bytes = Buffer.from(wasm.buffer, wasm.byteOffset, wasm.byteLength);
  if (bytes.subarray(0, 8).toString('latin1') !== '\0asm\x01\0\0\0') throw new Error('it is no WebAssembly module');
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length; ) {
    const [size, content] = readNumber(bytes, at + 1);
    const end = content + size;
    if (end > bytes.length) throw new Error('it is cut off');
    if (bytes[at] !== 0 || !nameAt(bytes, content).startsWith('.debug_')) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}

/** A custom section begins with its name. */
function nameAt(bytes: Buffer, at: number): string {
  const [length, text] = readNumber(bytes, at);
  return bytes.subarray(text, text + length).toString('utf8');
}

/** A number of 32 bits in LEB128, and where it ends. */
function readNumber(bytes: Buffer, from: number): [value: number, end: number] {
  let value = 0;
  for (let at = from; at < from + 5; at++) {
    const byte = bytes[at];
    if (byte === undefined) throw new Error('it is cut off');
    value += (byte & 0x7f) * 2 ** (7 * (at - from));
    if (byte < 0x80) return [value, at + 1];
  }
  throw new Error('a section has no length');
}
