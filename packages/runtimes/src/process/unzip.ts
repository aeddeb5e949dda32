import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { type AsyncFlateStreamHandler, Unzip } from 'fflate';

const inflate = promisify(inflateRaw);

/** Inflates by zlib beside the event loop: in JavaScript a large file of a bundle would hold up everybody for a third of a second. */
class Inflate {
  static readonly compression = 8;
  ondata: AsyncFlateStreamHandler = () => {};
  readonly #parts: Uint8Array[] = [];

  push(part: Uint8Array, isLast: boolean): void {
    this.#parts.push(part);
    if (!isLast) return;
    inflate(Buffer.concat(this.#parts)).then(
      (bytes) => this.ondata(null, bytes, true),
      (error) => this.ondata(error, new Uint8Array(), true),
    );
  }
}

/** The files of a zip by their paths; directories are left out. Rejects for a zip that is broken. */
export async function unzip(zip: Uint8Array): Promise<Map<string, Uint8Array>> {
  const files: Promise<[string, Uint8Array]>[] = [];
  const reader = new Unzip((file) => {
    if (file.name.endsWith('/')) return;
    files.push(
      new Promise((resolve, reject) => {
        const parts: Uint8Array[] = [];
        file.ondata = (error, part, isLast) => {
          if (error) return reject(error);
          parts.push(part);
          if (isLast) resolve([file.name, Buffer.concat(parts)]);
        };
        file.start();
      }),
    );
  });
  reader.register(Inflate);
  reader.push(zip, true);
  return new Map(await Promise.all(files));
}
