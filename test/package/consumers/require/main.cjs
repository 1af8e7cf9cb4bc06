const { createReceiver, Refusal } = require('@noticeline/sdk')
const doors = ['node', 'fastify', 'poll', 'policies', 'removal', 'stores', 'protocol', 'testing'].map((door) =>
  require(`@noticeline/sdk/${door}`),
)

createReceiver({ issuer: 'nowhere' }).catch((error) => {
  console.log(
    JSON.stringify({
      refused: Refusal.is(error) && error.code,
      doors: doors.every((door) => Object.keys(door).length > 0),
    }),
  )
})
