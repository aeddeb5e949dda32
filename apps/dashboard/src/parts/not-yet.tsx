import type { ReactNode } from 'react';
import { isRefusal } from '../api.ts';
import { Go } from '../navigation.tsx';
import { Problem } from './problem.tsx';

/** A screen while what it shows is on its way, or why that cannot be read (`error`; null: nothing went wrong). Its heading stands where it will stand. */
export const NotYet = ({ title, error }: { readonly title: ReactNode; readonly error: unknown }) => (
  <>
    <h1>{title}</h1>
    {error ? <Unread error={error} /> : <Coming />}
  </>
);

function Unread({ error }: { readonly error: unknown }) {
  if (isRefusal(error))
    return (
      <>
        <Problem error={error} />
        <p>
          <Go to={{ screen: 'environments' }}>All environments</Go>
        </p>
      </>
    );
  return (
    <>
      <Problem error={error} what="This cannot be read now" />
      <p className="dim again">It is asked for again every few seconds: nothing has to be done here.</p>
    </>
  );
}

/** What is there soon needs no picture of its place: bars come after a while. */
const Coming = () => (
  <div className="coming">
    <p className="dim">Reading the records…</p>
    <div aria-hidden="true">
      <span />
      <span />
      <span />
    </div>
  </div>
);
