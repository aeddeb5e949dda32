import { createHmac, timingSafeEqual } from 'node:crypto';

/** No signed text is longer, in characters. */
const longest = 2_000;

/** What was signed for one purpose is nothing for another. */
const signatureOf = (purpose: string, claim: string, secret: string): Buffer =>
  createHmac('sha256', secret).update(`${purpose}\n${claim}`).digest();

/** `<claim>.<signature>`, both base64url; HMAC-SHA-256 (RFC 2104). */
export function signedText(purpose: string, claim: unknown, secret: string): string {
  const text = Buffer.from(JSON.stringify(claim)).toString('base64url');
  return `${text}.${signatureOf(purpose, text, secret).toString('base64url')}`;
}

/** What such a text says; null: nobody with this secret signed it for this purpose. */
export function readSigned(purpose: string, signed: string, secret: string): unknown {
  const [text = '', signature = '', ...more] = signed.length > longest ? [] : signed.split('.');
  const [given, wanted] = [Buffer.from(signature, 'base64url'), signatureOf(purpose, text, secret)];
  // A text that decodes to the same bytes is another text.
  const isOurs =
    given.length === wanted.length && timingSafeEqual(given, wanted) && signature === wanted.toString('base64url');
  return isOurs && more.length === 0 ? JSON.parse(Buffer.from(text, 'base64url').toString()) : null;
}
