export const respond = (_options, { platform }) => {
    return () => Promise.resolve(Response.json({ status: 'ok', agents: {}, now: goTime(platform.now()) }, { headers: { 'content-type': 'application/json; charset=utf-8' } }));
};
/** The form of Go's time.Time.String. */
const goTime = (now) => `${new Date(now).toISOString().replace('T', ' ').replace('Z', '')} +0000 UTC`;
