import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { python } from './test-account.ts';

const emulator = fileURLToPath(new URL('../../emulator', import.meta.url));

/** A thread as the account has them: it meets an error, says so, and is to go on. */
const program = `
import sys, threading, traceback, logging
sys.path.insert(0, ${JSON.stringify(emulator)})
import log
log.never_fail()
logging.basicConfig(level="INFO")
went_on = threading.Event()
def work():
    try:
        raise OSError(28, "No space left on device")
    except OSError as error:
        print(f"emulated account: {error}", file=sys.stderr, flush=True)
        traceback.print_exc()
        logging.info("said")
        print("ø" * 100_000)
        sys.stdout.flush()
    went_on.set()
threading.Thread(target=work).start()
sys.exit(0 if went_on.wait(10) else 1)
`;

it.each(['>/dev/full 2>&1', '>&- 2>&-', '2>&1 | true', '> >(cat >/dev/null) 2>&1'])(
  'an account goes on when what it says cannot be written (%s)',
  async (redirection) => {
    const child = spawn(
      'bash',
      ['--norc', '-c', `"$0" -c "$1" ${redirection}; exit \${PIPESTATUS[0]}`, python(), program],
      {
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    expect((await once(child, 'exit'))[0]).toBe(0);
  },
);
