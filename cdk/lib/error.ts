/** Why nothing was synthesised, for whoever asked: a code, one sentence, and what to do. */
export class SynthesisError extends Error {
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, { hint }: { readonly hint: string }) {
    super(message);
    this.name = 'SynthesisError';
    this.code = code;
    this.hint = hint;
  }
}
