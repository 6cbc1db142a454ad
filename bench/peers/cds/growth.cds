// The two lists that are compared, over a file of their own with the same rows and the same indexes.
@path: '/odata'
@requires: 'any'
service growth {
  @readonly
  entity Jobs {
    key Id           : Int64;
        ![Key]       : String(36);
        State        : String(16);
        ReleaseName  : String(128);
        CreationTime : Timestamp;
  }

  @readonly
  entity QueueItems {
    key Id                : Int64;
        ![Key]            : String(36);
        QueueDefinitionId : Int64;
        Status            : String(16);
        Reference         : String(128);
        CreationTime      : Timestamp;
        EndProcessing     : Timestamp;
  }
}
