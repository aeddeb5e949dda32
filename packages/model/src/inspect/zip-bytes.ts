/** Signatures of a zip’s end record and of an entry of its directory, and where their fields stand (PKWARE’s APPNOTE 4.3.12, 4.3.16). */
const endRecord = { signature: 0x06054b50, bytes: 22, longestComment: 0xffff, entries: 10, start: 16 };
const entry = { signature: 0x02014b50, bytes: 46, unpacked: 24, name: 28, extra: 30, comment: 32 };

/** Bytes of all files of a zip when they are unpacked, as its directory says; null: it is no zip. A file of 4 GiB or more counts as 4 GiB. */
export function unpackedZipBytes(zip: Uint8Array): number | null {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = endOf(view);
  if (end === null) return null;
  let at = view.getUint32(end + endRecord.start, true);
  let sum = 0;
  for (let left = view.getUint16(end + endRecord.entries, true); left > 0; left--) {
    if (at + entry.bytes > view.byteLength || view.getUint32(at, true) !== entry.signature) return null;
    sum += view.getUint32(at + entry.unpacked, true);
    at +=
      entry.bytes +
      [entry.name, entry.extra, entry.comment].reduce((more, field) => more + view.getUint16(at + field, true), 0);
  }
  return sum;
}

/** Where the end record begins: it is the last thing in a zip, but for a comment. */
function endOf(view: DataView): number | null {
  const last = view.byteLength - endRecord.bytes;
  for (let at = last; at >= 0 && at >= last - endRecord.longestComment; at--)
    if (view.getUint32(at, true) === endRecord.signature) return at;
  return null;
}
