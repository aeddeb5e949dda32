import { type EvidenceReading, maxEvidenceBytes } from '@soundbite/model';
import { parseJson } from './json.ts';
import { readPlain } from './plain.ts';
import { unreadable } from './unreadable.ts';

/**
 * Reads what a file says of a release. It is read alone: nothing that it names is opened.
 * Errors: `evidence-unreadable`, with the line where one is known.
 */
export function readEvidence(bytes: Uint8Array): EvidenceReading {
  if (bytes.length > maxEvidenceBytes)
    throw unreadable(`the file has ${bytes.length} bytes; ${maxEvidenceBytes} are allowed`, 'split it by kind');
  const text = withoutMark(bytes);
  if (text.every((byte) => blank.has(byte)))
    throw unreadable('the file is empty', 'name the file that your tool wrote');
  return readPlain(parseJson(text));
}

const blank: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Some tools write a byte order mark; RFC 8259 lets a reader ignore it. */
const withoutMark = (bytes: Uint8Array) =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
