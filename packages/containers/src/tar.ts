/** An entry of a tar. Without `bytes` it is a directory. */
export interface TarEntry {
  readonly path: string;
  readonly bytes?: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** In seconds since 1970. */
  readonly mtime: number;
}

const block = 512;

/** A tar (ustar) of these entries in their order: the same entries give the same bytes. Error: a path longer than its format holds. */
export function tarOf(entries: readonly TarEntry[]): Uint8Array {
  const blocks = entries.flatMap((entry) => {
    const bytes = entry.bytes ?? new Uint8Array();
    return [headerOf(entry, bytes.length), bytes, new Uint8Array((block - (bytes.length % block)) % block)];
  });
  return Buffer.concat([...blocks, new Uint8Array(2 * block)]);
}

function headerOf(entry: TarEntry, size: number): Uint8Array {
  const header = Buffer.alloc(block);
  const isDirectory = entry.bytes === undefined;
  const { prefix, name } = splitPath(isDirectory ? `${entry.path.replace(/\/$/, '')}/` : entry.path);
  const octal = (value: number, at: number, length: number) =>
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  header.write(name, 0, 'utf8');
  octal(entry.mode, 100, 8);
  octal(entry.uid, 108, 8);
  octal(entry.gid, 116, 8);
  octal(size, 124, 12);
  octal(entry.mtime, 136, 12);
  header.write(isDirectory ? '5' : '0', 156, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  header.write(prefix, 345, 'utf8');
  // Its own sum is counted as eight spaces.
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** A name of up to 100 bytes, and up to 155 before it, parted at a slash. */
function splitPath(path: string): { readonly prefix: string; readonly name: string } {
  const length = (text: string) => Buffer.byteLength(text);
  if (length(path) <= 100) return { prefix: '', name: path };
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const parted = { prefix: path.slice(0, at), name: path.slice(at + 1) };
    if (length(parted.name) <= 100 && parted.name !== '' && length(parted.prefix) <= 155) return parted;
  }
  throw new Error(`a tar holds no path as long as ${path}`);
}

/** A file or a directory in a tar that the engine made; of anything else `bytes` is null. */
export interface FoundInTar {
  readonly path: string;
  readonly bytes: Uint8Array | null;
  readonly isDirectory: boolean;
  readonly mode: number;
  readonly uid: number;
}

/** What a tar holds, long names included. Error: it is cut off. */
export function entriesOfTar(tar: Uint8Array): FoundInTar[] {
  const bytes = Buffer.from(tar.buffer, tar.byteOffset, tar.byteLength);
  const found: FoundInTar[] = [];
  let longName: string | undefined;
  for (let at = 0; at + block <= bytes.length && bytes[at] !== 0; ) {
    const header = bytes.subarray(at, at + block);
    const number = (from: number, length: number) => Number.parseInt(textIn(header, from, length).trim() || '0', 8);
    const size = number(124, 12);
    const content = bytes.subarray(at + block, at + block + size);
    if (content.length < size) throw new Error('the tar is cut off');
    const type = String.fromCharCode(header[156] ?? 0);
    const prefix = textIn(header, 345, 155);
    const path = longName ?? `${prefix === '' ? '' : `${prefix}/`}${textIn(header, 0, 100)}`;
    longName = undefined;
    if (type === 'L') longName = textIn(content, 0, size);
    else if (type === 'x') longName = pathInPax(content.toString('utf8'));
    else if (type !== 'g') {
      const isFile = type === '0' || type === '\0';
      const one = { path, isDirectory: type === '5', mode: number(100, 8), uid: number(108, 8) };
      found.push({ ...one, bytes: isFile ? content : null });
    }
    at += block + Math.ceil(size / block) * block;
  }
  return found;
}

const textIn = (bytes: Buffer, from: number, length: number): string => {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.subarray(0, end === -1 ? length : end).toString('utf8');
};

const pathInPax = (text: string): string | undefined => /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1];
