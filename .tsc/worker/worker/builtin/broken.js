export const respond = () => () => Promise.resolve(new Response(null, { status: 500 }));
