export const decode = () => {
    return (response) => Promise.resolve({ status: response.status, headers: response.headers, complete: true, body: { kind: 'raw', response } });
};
