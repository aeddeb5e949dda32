export { type ContainersOptions, containersOf } from './containers.ts';
