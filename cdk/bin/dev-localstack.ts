import { dataOnlyApp } from '../lib/app.ts';
import { contextFrom } from '../lib/context.ts';

export const app = dataOnlyApp('dev-localstack');

if (import.meta.main) app(contextFrom(process.env)).synth();
