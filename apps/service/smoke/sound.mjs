// @ts-check

/**
 * What a WAV file holds. `rms` and `peak` are shares of full scale, 0 to 1; `clipped` is the share of samples at full scale.
 * @typedef {object} AudioMeasure
 * @property {number} seconds
 * @property {number} sampleRate
 * @property {number} channels
 * @property {number} rms
 * @property {number} peak
 * @property {number} clipped
 *
 * @typedef {{ readonly sampleRate: number, readonly channels: number }} AudioFormat
 */

/**
 * Measures a WAV file of 16-bit integer PCM. Source of the format: Microsoft's RIFF/WAVE.
 * Errors: an Error that says what the bytes are instead.
 * @param {Uint8Array} file
 * @returns {AudioMeasure}
 */
export function measureWav(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  /** @param {number} at */
  const name = (at) => String.fromCharCode(...file.subarray(at, at + 4));
  if (file.length < 12 || name(0) !== 'RIFF' || name(8) !== 'WAVE')
    throw new Error(`these ${file.length} bytes are no WAV file`);
  /** @type {AudioFormat | undefined} */
  let format;
  for (let at = 12; at + 8 <= file.length; ) {
    const size = view.getUint32(at + 4, true);
    if (name(at) === 'fmt ') format = readFormat(view, at + 8);
    if (name(at) === 'data') {
      if (!format) throw new Error('this WAV file has data before it says their format');
      const present = Math.min(size, file.length - at - 8);
      if (present < size) throw new Error(`this WAV file promises ${size} bytes of sound and has ${present}`);
      return measure(view, at + 8, present, format);
    }
    at += 8 + size + (size % 2);
  }
  throw new Error('this WAV file has no sound in it');
}

/**
 * @param {DataView} view
 * @param {number} at
 * @returns {AudioFormat}
 */
function readFormat(view, at) {
  const [encoding, channels, bits] = [at, at + 2, at + 14].map((offset) => view.getUint16(offset, true));
  if (encoding !== 1 || bits !== 16 || !channels)
    throw new Error(`this WAV file has encoding ${encoding} with ${bits} bits; expected 1 (PCM) with 16`);
  return { channels, sampleRate: view.getUint32(at + 4, true) };
}

/**
 * @param {DataView} view
 * @param {number} start
 * @param {number} bytes
 * @param {AudioFormat} format
 * @returns {AudioMeasure}
 */
function measure(view, start, bytes, { channels, sampleRate }) {
  const samples = Math.floor(bytes / 2);
  let squares = 0;
  let peak = 0;
  let full = 0;
  for (let i = 0; i < samples; i += 1) {
    const value = view.getInt16(start + i * 2, true);
    const size = Math.abs(value) / 32_768;
    squares += size * size;
    if (size > peak) peak = size;
    if (value === 32_767 || value === -32_768) full += 1;
  }
  return {
    seconds: samples / channels / sampleRate,
    sampleRate,
    channels,
    rms: samples === 0 ? 0 : Math.sqrt(squares / samples),
    peak,
    clipped: samples === 0 ? 0 : full / samples,
  };
}

/** Speech: how fast people and engines talk (characters of text a second), how loud it is at least, how much may be cut off. */
const speechLimits = { slowest: 4, fastest: 40, rms: 0.01, clipped: 0.01, sampleRate: 8000 };

/**
 * What makes a sound no plausible speech of a text; empty when it is.
 * @param {AudioMeasure} sound
 * @param {string} text
 * @returns {string[]}
 */
export function speechProblems(sound, text) {
  const { seconds, rms, clipped, sampleRate } = sound;
  const longest = text.length / speechLimits.slowest;
  const shortest = text.length / speechLimits.fastest;
  const plausible = `${shortest.toFixed(1)} to ${longest.toFixed(1)} s`;
  return [
    ...(sampleRate < speechLimits.sampleRate ? [`${sampleRate} samples a second are too few for speech`] : []),
    ...(seconds < shortest
      ? [`${seconds.toFixed(2)} s is too short for ${text.length} characters (${plausible})`]
      : []),
    ...(seconds > longest ? [`${seconds.toFixed(2)} s is too long for ${text.length} characters (${plausible})`] : []),
    ...(rms < speechLimits.rms
      ? [`it is silent or nearly so (loudness ${rms.toFixed(4)}, at least ${speechLimits.rms})`]
      : []),
    ...(clipped > speechLimits.clipped ? [`${(clipped * 100).toFixed(1)} % of it is cut off at full scale`] : []),
  ];
}
