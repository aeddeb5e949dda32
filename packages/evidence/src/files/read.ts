import { type EvidenceFormat, type EvidenceReading, maxEvidenceBytes } from '@soundbite/model';
import { parseJson } from './json.ts';
import { readJUnit } from './junit.ts';
import { readPlain } from './plain.ts';
import { readSarif } from './sarif.ts';
import { unreadable } from './unreadable.ts';

/**
 * Reads what a file says of a release. It is read alone: nothing that it names is opened. Without a format it says by itself what it is.
 * Errors: `evidence-unreadable`, with the line where one is known.
 */
export function readEvidence(bytes: Uint8Array, format?: EvidenceFormat): EvidenceReading {
  if (bytes.length > maxEvidenceBytes)
    throw unreadable(`the file has ${bytes.length} bytes; ${maxEvidenceBytes} are allowed`, 'split it by kind');
  const text = withoutMark(bytes);
  const first = text.find((byte) => !blank.has(byte));
  if (first === undefined) throw unreadable('the file is empty', 'name the file that your tool wrote');
  if ((format ?? (first === lessThan ? 'junit' : 'json')) === 'junit') return readJUnit(text);
  const file = parseJson(text);
  const isSarif = format === undefined ? saysItIsSarif(file.value) : format === 'sarif';
  return isSarif ? readSarif(file) : readPlain(file);
}

const saysItIsSarif = (value: unknown): boolean => typeof value === 'object' && value !== null && 'runs' in value;

const lessThan = '<'.charCodeAt(0);
const blank: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Some tools write a byte order mark; RFC 8259 lets a reader ignore it. */
const withoutMark = (bytes: Uint8Array) =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
