import { build } from 'vite';
import { viteConfig } from './config.ts';

await build({ ...viteConfig, logLevel: 'info' });
