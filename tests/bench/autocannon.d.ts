/** The part of autocannon that the bench uses; the package has no types of its own. Latencies in ms. */
declare module 'autocannon' {
  interface Options {
    readonly url: string;
    readonly duration: number;
    readonly connections: number;
    readonly overallRate: number;
    readonly requests: readonly {
      readonly method: string;
      readonly path: string;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }[];
  }
  interface Result {
    readonly requests: { readonly average: number };
    readonly latency: { readonly p50: number; readonly p90: number; readonly p97_5: number };
    readonly non2xx: number;
    readonly errors: number;
  }
  export default function autocannon(options: Options): Promise<Result>;
}
