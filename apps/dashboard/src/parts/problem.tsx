import { ApiError } from '../api.ts';

/** An error as people can act on it. */
export const Problem = ({ error, what }: { readonly error: unknown; readonly what?: string }) => (
  <div className="problem" role="alert">
    <p>
      {what && `${what}: `}
      {error instanceof Error ? error.message : String(error)}
    </p>
    {error instanceof ApiError && <p className="dim">{error.hint}</p>}
  </div>
);
