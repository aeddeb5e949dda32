import { z } from 'zod';

export const Time = z.iso.datetime({ offset: true });
export const Name = z.string().min(1);

/** A whole number of a query string, in decimal digits. `z.coerce` would take an empty text, hexadecimal digits and exponents too. */
export const WholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.int().min(least).max(most));
