// A net/http server over HTTP/2 with the plainest code that does the work of
// the other servers: /reply and /echo, in clear text and over TLS.
package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
)

var message = func() []byte {
	reply := make([]byte, 5+24)
	for i := range reply {
		reply[i] = 'a'
	}
	copy(reply, []byte{0, 0, 0, 0, 24})
	return reply
}()

func reply(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Trailer", "grpc-status")
	w.Write(message)
	w.Header().Set("grpc-status", "0")
}

func echo(w http.ResponseWriter, r *http.Request) {
	length, err := strconv.Atoi(r.Header.Get("Content-Length"))
	if err != nil {
		w.WriteHeader(http.StatusLengthRequired)
		return
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r.Body, body); err != nil {
		return
	}
	w.Header().Set("Content-Type", "application/grpc")
	w.Write(body)
}

func serve(config *tls.Config) int {
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	mux := http.NewServeMux()
	mux.HandleFunc("/reply", reply)
	mux.HandleFunc("/echo", echo)
	server := &http.Server{Handler: mux, Protocols: protocols, TLSConfig: config}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	if config == nil {
		go server.Serve(listener)
	} else {
		go server.ServeTLS(listener, "", "")
	}
	return listener.Addr().(*net.TCPAddr).Port
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func main() {
	certificate, err := tls.LoadX509KeyPair(os.Args[1], os.Args[2])
	if err != nil {
		fail(err)
	}
	ports := map[string]int{
		"plain": serve(nil),
		"tls":   serve(&tls.Config{Certificates: []tls.Certificate{certificate}}),
	}
	if err := json.NewEncoder(os.Stdout).Encode(ports); err != nil {
		fail(err)
	}
	select {}
}
