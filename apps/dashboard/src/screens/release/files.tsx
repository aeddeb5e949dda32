import type { ReleaseView } from '@soundbite/client';
import { bytesText } from '../../parts/bytes.ts';
import { LongList } from '../../parts/long-list.tsx';
import { counted } from '../../parts/text.ts';
import { Unfolded } from '../../parts/unfolded.tsx';
import { Written } from '../../parts/written.tsx';

/** Every file of a release, with its size and digest. */
export const Files = ({ manifest: { files } }: Pick<ReleaseView, 'manifest'>) => (
  <section>
    <h2>Files</h2>
    <Unfolded
      name="files"
      summary={`${counted(files.length, 'file')}, ${bytesText(files.reduce((sum, { bytes }) => sum + bytes, 0))}`}
    >
      {() => (
        <LongList all={files}>
          {({ path, sha256, bytes }) => (
            <li key={path} className="file">
              <Written>{path}</Written>
              <span className="number">{bytesText(bytes)}</span>
              <code className="dim" title={sha256}>
                {sha256.slice(0, 12)}
              </code>
            </li>
          )}
        </LongList>
      )}
    </Unfolded>
  </section>
);
