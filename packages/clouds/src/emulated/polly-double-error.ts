/** A refusal in Polly's terms: `name` goes into `x-amzn-ErrorType`. */
export class PollyError extends Error {
  override readonly name: string;
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}
