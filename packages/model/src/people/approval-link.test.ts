import { describe, expect, it } from 'vitest';
import { digestOf } from '../digest.ts';
import { type LinkClaim, readLink, signedLink } from './approval-link.ts';

const claim: LinkClaim = {
  ...{ id: 'l-1', promotion: 'p-1', release: digestOf('x'), person: 'bob@example.com', token: 'bob' },
  ...{ issued: 1_000, expires: 2_000 },
};
const link = signedLink(claim, 'secret');
const [text = '', signature = ''] = link.split('.');
const forged = Buffer.from(JSON.stringify({ ...claim, person: 'eve@example.com' })).toString('base64url');

describe('a link', () => {
  it('says what it was signed for', () => {
    expect(readLink(link, 'secret', 1_999)).toEqual(claim);
    expect(link).toMatch(/^[\w-]+\.[\w-]+$/);
  });

  it.each([
    ['of another home', link, 'other'],
    ['for another person', `${forged}.${signature}`, 'secret'],
    ['with a signature that decodes to the same', `${text}.${signature}=`, 'secret'],
    ['without a signature', text, 'secret'],
    ['with something behind it', `${link}.x`, 'secret'],
    ['that is nothing', '', 'secret'],
    ['that is garbage', '\u0000.%', 'secret'],
    ['of a length that none has', `${'a'.repeat(10_000)}.${signature}`, 'secret'],
  ])('%s is refused', (_, given, secret) => {
    expect(() => readLink(given, secret, 1_500)).toThrow(expect.objectContaining({ code: 'link-invalid' }));
  });

  it('is over at its end', () => {
    expect(() => readLink(link, 'secret', 2_000)).toThrow(expect.objectContaining({ code: 'link-over' }));
  });
});
