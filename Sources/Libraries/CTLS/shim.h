#pragma once
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* A client's TLS over a connected socket: many of OpenSSL's calls for it are macros, which do not import. Files are PEM
   and may be at no address; the password too. Null where it fails; then the text says why, without what is in a file. */
static inline SSL *frontdoor_tls_connect(
    int socket, const char *host, const char *authority, const char *certificate, const char *key,
    const char *password, char *text, size_t count) {
    const char *step = "making a TLS client";
    SSL *session = NULL;
    ERR_clear_error();
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context) goto failed;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    /* Without a password OpenSSL would ask for one at the terminal. */
    SSL_CTX_set_default_passwd_cb_userdata(context, (void *)(password ? password : ""));
    step = "reading the authority's certificate";
    if (authority ? !SSL_CTX_load_verify_locations(context, authority, NULL) : !SSL_CTX_set_default_verify_paths(context))
        goto failed;
    step = "reading the certificate";
    if (certificate && SSL_CTX_use_certificate_chain_file(context, certificate) != 1) goto failed;
    step = "reading the key";
    if (key && SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) goto failed;
    step = "connecting by TLS";
    session = SSL_new(context);
    if (!session || SSL_set_fd(session, socket) != 1) goto failed;
    /* An address is compared as one; the name of a host also tells the server whom it is asked for. */
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) != 1) {
        if (SSL_set1_host(session, host) != 1 || SSL_set_tlsext_host_name(session, host) != 1) goto failed;
    }
    if (SSL_connect(session) != 1) goto failed;
    SSL_CTX_free(context);
    return session;
failed:
    if (count > 0) {
        unsigned long code = ERR_peek_last_error();
        const char *why = code ? ERR_reason_error_string(code) : NULL;
        BIO_snprintf(text, count, "%s: %s", step, why ? why : "the connection ended");
    }
    ERR_clear_error();
    if (session) SSL_free(session);
    if (context) SSL_CTX_free(context);
    return NULL;
}

static inline void frontdoor_tls_close(SSL *session) {
    SSL_shutdown(session);
    SSL_free(session);
}
