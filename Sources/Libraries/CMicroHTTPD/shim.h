#pragma once
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* MHD_start_daemon is variadic and does not import. One thread of the library's own serves all connections: whoever asks
   for figures may be slow, and must not take threads from who decides. */
static inline struct MHD_Daemon *frontdoor_mhd_start(
    const char *host, unsigned short port, unsigned int connections, unsigned int timeout_seconds,
    MHD_AccessHandlerCallback answer, void *context) {
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    memset(&four, 0, sizeof four);
    memset(&six, 0, sizeof six);
    const struct sockaddr *address = (const struct sockaddr *)&four;
    unsigned int flags = MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD;
    if (inet_pton(AF_INET, host, &four.sin_addr) == 1) {
        four.sin_family = AF_INET;
        four.sin_port = htons(port);
    } else if (inet_pton(AF_INET6, host, &six.sin6_addr) == 1) {
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(port);
        address = (const struct sockaddr *)&six;
        flags |= MHD_USE_IPv6;
    } else {
        return NULL;
    }
    return MHD_start_daemon(
        flags, port, NULL, NULL, answer, context, MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_CONNECTION_LIMIT,
        connections, MHD_OPTION_CONNECTION_TIMEOUT, timeout_seconds, MHD_OPTION_END);
}

/* Where it listens in truth: port 0 is any that is free. */
static inline unsigned short frontdoor_mhd_port(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info == NULL ? 0 : info->port;
}

static const enum MHD_Result frontdoor_mhd_yes = MHD_YES;
static const enum MHD_Result frontdoor_mhd_no = MHD_NO;

/* The bytes are copied. */
static inline enum MHD_Result frontdoor_mhd_reply(
    struct MHD_Connection *connection, unsigned int status, const char *content_type, const void *bytes, size_t count) {
    struct MHD_Response *response =
        MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
    if (response == NULL) return MHD_NO;
    MHD_add_response_header(response, "Content-Type", content_type);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    if (status == 405) MHD_add_response_header(response, "Allow", "GET, HEAD");
    enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}
