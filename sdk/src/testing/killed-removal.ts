// Started by a test: a removal on a folder, and its withdrawal, in a process that kills itself at the moment it is told.
import { fileCases } from '../inbox/cases.ts'
import { openRemoval } from '../removal/open-removal.ts'
import { aCase, World } from './removal-world.ts'

const [folder = '', moment = ''] = process.argv.slice(2)
const world = new World(folder)
world.at = (now) => {
  if (now === moment) process.kill(process.pid, 'SIGKILL')
}
const removal = await openRemoval({ cases: fileCases(`${folder}/cases`), steps: world.steps(), between: 0, looks: 2 })
const { notice, context, withdrawal } = aCase({
  preservation: { basis: 'law_enforcement', reference: 'X', until: '2026-01-01T00:00:00.000Z' },
})
await removal.on['notice.issued'](notice, context())
await removal.on['notice.withdrawn'](withdrawal(), context())
