import { Fragment, useState } from 'react';

/** A command line, to be read and copied. */
export function CommandText({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState('');
  return (
    <p className="command">
      <code>
        {text.split(' ').map((word, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a word may be there twice, and none moves.
          <Fragment key={index}>
            {index > 0 && ' '}
            <span>{word}</span>
          </Fragment>
        ))}
      </code>
      <button
        type="button"
        className="quiet"
        onClick={() =>
          navigator.clipboard.writeText(text).then(
            () => setCopied(text),
            () => setCopied(''),
          )
        }
      >
        {copied === text ? 'Copied' : 'Copy'}
      </button>
    </p>
  );
}
