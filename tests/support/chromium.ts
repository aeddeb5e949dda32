import { type Browser, chromium } from 'playwright-core';
import { anyChromium, programPath, wholeChromium } from '../../tools/programs.ts';

/** The whole Chromium of this machine, as people have it; undefined: there is none. */
export const wholeChromiumPath = programPath(wholeChromium);

/** The Chromium for tests; undefined: there is none. */
export const chromiumPath = programPath(anyChromium);

/** How a test starts a Chromium. */
export const chromiumOptions = (executablePath: string) => ({ executablePath, args: ['--no-sandbox'] });

export const startChromium = (executablePath = chromiumPath): Promise<Browser> =>
  chromium.launch(chromiumOptions(executablePath ?? ''));
