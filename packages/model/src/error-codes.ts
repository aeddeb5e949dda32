import { accountCodes } from './error-codes/account.ts';
import { askedCodes } from './error-codes/asked.ts';
import { machineCodes } from './error-codes/machine.ts';
import { releaseCodes } from './error-codes/release.ts';
import type { ErrorRow } from './error-codes/row.ts';

/** The one registry of error codes: what each says, and who can fix it. docs/reference/errors.md is generated from it. */
export const errorCodes = { ...askedCodes, ...releaseCodes, ...accountCodes, ...machineCodes } satisfies Readonly<
  Record<string, ErrorRow>
>;

export type ErrorCode = keyof typeof errorCodes;

export const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code);

/** The row of a code. One that this version does not know comes from a peer of another version: it counts as `unexpected`. */
export const rowOf = (code: string): ErrorRow => errorCodes[isErrorCode(code) ? code : 'unexpected'];
