// In the package this is a program of its own, made of `deliver-in-thread.ts`. Among the sources it has that read by tsx.
import { register } from 'tsx/esm/api';

register();
await import('./deliver-in-thread.ts');
