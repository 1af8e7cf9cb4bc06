/** For Fastify: a plugin with its own content-type parser. */
export {
  type FastifyLike,
  type FastifyReplyLike,
  type FastifyRequestLike,
  type NoticelineOptions,
  noticeline,
} from './receiver/fastify-adapter.ts'
