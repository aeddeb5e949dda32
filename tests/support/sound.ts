/** What can be heard of a WAV file (16-bit PCM): its length in seconds and its loudness as RMS and peak of full scale (0..1). */
export interface Sound {
  readonly seconds: number;
  readonly sampleRate: number;
  readonly rms: number;
  readonly peak: number;
}

/** An independent reading of the bytes: the gate has its own. */
export function hear(bytes: Uint8Array): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (tag(0) !== 'RIFF' || tag(8) !== 'WAVE') throw new Error('this is no WAV file');
  const chunks = new Map<string, { at: number; length: number }>();
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    chunks.set(tag(at), { at: at + 8, length });
    at += 8 + length + (length % 2);
  }
  const format = chunks.get('fmt ');
  const data = chunks.get('data');
  if (!format || !data) throw new Error('the WAV file lacks a chunk');
  const channels = view.getUint16(format.at + 2, true);
  const sampleRate = view.getUint32(format.at + 4, true);
  if (view.getUint16(format.at, true) !== 1 || view.getUint16(format.at + 14, true) !== 16)
    throw new Error('the WAV file is not 16-bit PCM');
  const samples = Math.floor(data.length / 2);
  let squares = 0;
  let peak = 0;
  for (let index = 0; index < samples; index++) {
    const value = view.getInt16(data.at + 2 * index, true) / 32768;
    squares += value * value;
    peak = Math.max(peak, Math.abs(value));
  }
  return { seconds: samples / channels / sampleRate, sampleRate, rms: Math.sqrt(squares / Math.max(1, samples)), peak };
}

/** Asks an environment to speak and waits until it can be heard. */
export async function speak(
  url: string,
  text: string,
  withinMs = 20_000,
): Promise<{ id: string; bytes: Uint8Array; ms: number }> {
  const from = performance.now();
  const accepted = await fetch(`${url}/soundbites`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text, format: 'wav' }),
  });
  if (accepted.status !== 202)
    throw new Error(`POST /soundbites answered ${accepted.status}: ${await accepted.text()}`);
  const { id } = (await accepted.json()) as { id: string };
  for (;;) {
    const soundbite = (await (await fetch(`${url}/soundbites/${id}`)).json()) as { status: string; reason?: string };
    if (soundbite.status === 'ready') break;
    if (soundbite.status === 'failed') throw new Error(`soundbite ${id} failed: ${soundbite.reason}`);
    if (performance.now() - from > withinMs)
      throw new Error(`soundbite ${id} is ${soundbite.status} after ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  const ms = performance.now() - from;
  const audio = await fetch(`${url}/soundbites/${id}/audio`);
  if (!audio.ok) throw new Error(`GET audio answered ${audio.status}`);
  return { id, bytes: new Uint8Array(await audio.arrayBuffer()), ms };
}
