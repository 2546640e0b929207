export const merge = (_options, _made, [backend]) => (request, ctx) => backend(request, ctx);
