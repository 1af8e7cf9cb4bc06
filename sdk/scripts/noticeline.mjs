#!/usr/bin/env node
// `noticeline` in the workspace: from source. In the package it is what was built.
import { register } from 'tsx/esm/api'

register()
await import('../src/cli/main.ts')
