// Loaded before a program of the cast: when the portal that started it is gone, however it went, so is the program.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
