import { type TarEntry as Packed, packTar, unpackTar } from 'modern-tar';

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

/** A tar of these entries in their order: the same entries give the same bytes. */
export const tarOf = (entries: readonly TarEntry[]): Promise<Uint8Array> => packTar(entries.map(packed));

function packed({ path, bytes, mode, uid, gid, mtime }: TarEntry): Packed {
  const common = { ...{ mode, uid, gid, mtime: new Date(mtime * 1000) }, uname: '', gname: '' };
  if (bytes === undefined)
    return { header: { ...common, name: `${path.replace(/\/$/, '')}/`, size: 0, type: 'directory' } };
  return { header: { ...common, name: path, size: bytes.length, type: 'file' }, body: bytes };
}

/** A file or a directory in a tar that the engine made; of anything else `bytes` is null. */
export interface FoundInTar {
  readonly path: string;
  readonly bytes: Uint8Array | null;
  readonly isDirectory: boolean;
  readonly mode: number;
  readonly uid: number;
}

/** What a tar holds. Error: it is cut off, or damaged. */
export async function entriesOfTar(tar: Uint8Array): Promise<FoundInTar[]> {
  const found = await unpackTar(tar, { strict: true });
  return found.map(({ header: { name, type, mode = 0, uid = 0 }, data }) => ({
    ...{ path: name, isDirectory: type === 'directory', mode, uid },
    bytes: type === 'file' ? (data ?? new Uint8Array()) : null,
  }));
}
