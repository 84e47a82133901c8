#!/usr/bin/env node
import { runMain } from 'citty';
import { main } from './cli/main.js';

await runMain(main);
