/** A sine of 220 Hz; `loudness` 1 is full scale, above it is cut off there. */
export function tone({ seconds, rate, loudness }: { seconds: number; rate: number; loudness: number }): Int16Array {
  return Int16Array.from({ length: Math.round(seconds * rate) }, (_, i) => {
    const value = Math.round(Math.sin((2 * Math.PI * 220 * i) / rate) * loudness * 32_767);
    return Math.max(-32_768, Math.min(32_767, value));
  });
}

/** A mono WAV file of 16-bit samples. */
export function wav(samples: Int16Array, rate: number): Uint8Array {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + samples.length * 2, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, i) => {
    file.writeInt16LE(sample, 44 + i * 2);
  });
  return file;
}
