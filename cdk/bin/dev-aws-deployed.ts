import { deployedApp } from '../lib/app.ts';
import { contextFrom } from '../lib/context.ts';

export const app = deployedApp('dev-aws-deployed');

if (import.meta.main) app(contextFrom(process.env)).synth();
