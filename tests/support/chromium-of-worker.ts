import { chromiumPath } from './chromium.ts';
import { sharedChromium } from './page-suite.ts';

/** Set up before each file whose tests share a Chromium: it is there before what each file must leave as it was is looked at. */
if (chromiumPath !== undefined) await sharedChromium();
