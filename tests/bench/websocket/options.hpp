// What the command line says: which load, of what size, on which server or of which client.
#pragma once

#include <string>
#include <vector>

namespace qi::bench {

struct Options {
    std::string load; // of loads.hpp
    std::string host = "127.0.0.1";
    int port = 0;
    bool tls = false;    // nothing of the certificate is checked
    bool binary = false; // text otherwise
    int connections = 1; // echo, idle, many
    int subscribers = 1; // topic
    int parallel = 64;   // connections that are being opened (or closed) at the same time
    int under_way = 1;   // messages that have been sent and haven't come back, of each connection
    int size = 64;       // bytes of a message
    double seconds = 2;
    double warm_up = 0.3;             // seconds before those that count
    double settle = 0.5;              // seconds before memory is looked at, in which the server cleans up
    double patience = 10;             // seconds in which something must happen
    int server_pid = 0;               // whose CPU time and memory are reported; 0: nobody's
    std::vector<std::string> command; // of the client, whose server this program is
    std::string certificates;         // the folder with that server's
};

/// Ends the program with status 2 and the usage if the command line isn't one.
Options read_options(int count, char** arguments);

} // namespace qi::bench
