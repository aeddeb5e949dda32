import type { Format } from '../soundbites/soundbite.ts';
import type { Recording } from './engine.ts';
import type { Pcm } from './pcm.ts';
import { writeWav } from './wav.ts';

/** Encodes sound as a whole file. */
export async function encode(pcm: Pcm, format: Format): Promise<Recording> {
  const seconds = Math.round((pcm.samples.length / pcm.rate) * 1000) / 1000;
  if (format === 'wav') return { bytes: writeWav(pcm), seconds };
  const { writeMp3 } = await import('./mp3.ts');
  return { bytes: await writeMp3(pcm), seconds };
}
