/** Mono sound, 16 bits signed. */
export interface Pcm {
  readonly samples: Int16Array;
  /** Hertz. */
  readonly rate: number;
}

/** Joins pieces of one rate. */
export function joinPcm(pieces: readonly Pcm[]): Pcm {
  const [first] = pieces;
  if (first === undefined) return { samples: new Int16Array(0), rate: 16_000 };
  const odd = pieces.find(({ rate }) => rate !== first.rate);
  if (odd !== undefined) throw new Error(`cannot join sound of ${first.rate} Hz and of ${odd.rate} Hz`);
  const samples = new Int16Array(pieces.reduce((sum, piece) => sum + piece.samples.length, 0));
  let at = 0;
  for (const piece of pieces) {
    samples.set(piece.samples, at);
    at += piece.samples.length;
  }
  return { samples, rate: first.rate };
}

/** Little-endian bytes (Polly's `pcm`, a WAV's data) as samples; an odd last byte is not a sample. */
export function pcmFromBytes(bytes: Uint8Array, rate: number): Pcm {
  const samples = new Int16Array(bytes.byteLength >> 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < samples.length; i++) samples[i] = view.getInt16(i * 2, true);
  return { samples, rate };
}
